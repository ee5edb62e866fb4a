import { testRandomWorlds } from './random-worlds.ts';

testRandomWorlds(2);
