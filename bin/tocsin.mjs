#!/usr/bin/env node
/**
 * The door of `npx tocsin`. In a clone it leads to the sources; in an installed package, where Node reads no TypeScript, to
 * what scripts/build.ts made of them. What the sources say counts, also beside an older build.
 */
import { existsSync } from 'node:fs';

const [sources, built] = ['../src/main.ts', '../dist/src/main.js'].map((path) => new URL(path, import.meta.url));
await import(existsSync(sources) ? sources.href : built.href);
