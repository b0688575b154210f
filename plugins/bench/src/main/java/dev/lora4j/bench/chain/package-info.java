/** A long chain of operators so small that only the cost of calling them counts. */
@NullMarked
package dev.lora4j.bench.chain;

import org.jspecify.annotations.NullMarked;
