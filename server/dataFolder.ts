/** Folder of the database where nothing else is said. It needs nothing that takes time to load. */
export const defaultDataFolder = './data';
