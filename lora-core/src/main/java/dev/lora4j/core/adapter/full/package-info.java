/** Changes that are stored whole: of weights, of biases, and of norms. */
@NullMarked
package dev.lora4j.core.adapter.full;

import org.jspecify.annotations.NullMarked;
