export const add = {
  title: 'add',
};
