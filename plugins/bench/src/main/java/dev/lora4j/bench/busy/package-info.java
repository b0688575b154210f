/** Computing beside other programs that want the processors. */
@NullMarked
package dev.lora4j.bench.busy;

import org.jspecify.annotations.NullMarked;
