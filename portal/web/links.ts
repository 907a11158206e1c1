/** The page that the process comes from. */
export const PROCESS_PAGE = 'https://www.susam.se/';
