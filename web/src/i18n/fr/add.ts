import type { Messages } from '../en';

export const add: Messages['add'] = {
  title: 'add',
};
