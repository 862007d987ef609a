export const detail = {
  title: 'detail',
};
