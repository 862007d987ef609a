import type { Messages } from '../en';

export const auth: Messages['auth'] = {
  signingIn: 'Connexion…',
  failedTitle: 'La connexion n’a pas abouti',
  failedBody: 'Le service d’authentification a répondu : {{reason}}',
  configTitle: 'La page n’a pas pu démarrer',
  configBody: 'Ses réglages (ui-config.json) sont illisibles.',
  signIn: 'Se connecter',
  signInAgain: 'Se reconnecter',
  signedOutTitle: 'Vous êtes déconnecté',
  signedOutBody: 'Rien de votre session n’est gardé dans ce navigateur.',
  roleTitle: 'Il vous faut le rôle {{role}}.',
  roleBody:
    'Votre session est celle de {{user}}. Demandez le rôle à un administrateur de la plateforme, puis reconnectez-vous.',
  copyRequest: 'Copier la demande',
  request:
    'Merci d’ajouter le rôle {{role}} à l’utilisateur {{user}}, pour la page Catalogues de données à l’adresse {{address}}.',
  lostTitle: 'Votre session a pris fin.',
  lostBody: 'Reconnectez-vous dans un nouvel onglet, puis continuez ici ; rien de ce que vous avez saisi n’est perdu.',
  blocked: 'Le navigateur a bloqué le nouvel onglet. Autorisez-le pour ce site et réessayez.',
  meFailed: 'Impossible de savoir qui vous êtes.',
};
