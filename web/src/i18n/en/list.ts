export const list = {
  title: 'list',
};
