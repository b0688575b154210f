/** Models of several families beside transformers and PEFT. */
@NullMarked
package dev.lora4j.bench.families;

import org.jspecify.annotations.NullMarked;
