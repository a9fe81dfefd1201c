// Node 18, which Debian 12 has, keeps File in a module; what mailauth stands on takes it for a global.
import { File } from 'node:buffer'

globalThis.File ??= File
