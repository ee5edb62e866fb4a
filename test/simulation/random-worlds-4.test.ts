import { testRandomWorlds } from './random-worlds.ts';

testRandomWorlds(4);
