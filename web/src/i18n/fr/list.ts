import type { Messages } from '../en';

export const list: Messages['list'] = {
  title: 'list',
};
