import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameError, FrameReader, frame } from './frames.ts';

test('messages come out as they went in, however the stream was cut up', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 300 })),
      fc.infiniteStream(fc.integer({ min: 1, max: 50 })),
      (messages, sizes) => {
        const stream = new Uint8Array(messages.map(frame).flatMap((bytes) => [...bytes]));
        const reader = new FrameReader({ largestBytes: 300 });
        const read: Uint8Array[] = [];
        for (let offset = 0; offset < stream.length; ) {
          const size = sizes.next().value ?? 1;
          read.push(...reader.push(stream.subarray(offset, offset + size)));
          offset += size;
        }
        expect(read).toEqual(messages);
        expect(reader.isWithinFrame).toBe(false);
      },
    ),
  );
});

test('a length above the largest is refused before any of the message is there', () => {
  const reader = new FrameReader({ largestBytes: 10 });
  expect(reader.push(frame(new Uint8Array(10)))).toHaveLength(1);
  expect(() => reader.push(new Uint8Array([0, 0, 0, 11]))).toThrow(FrameError);
});

test('a stream that ends within a message is known to', () => {
  const reader = new FrameReader({ largestBytes: 10 });
  reader.push(new Uint8Array([0, 0, 0, 2, 65]));
  expect(reader.isWithinFrame).toBe(true);
});
