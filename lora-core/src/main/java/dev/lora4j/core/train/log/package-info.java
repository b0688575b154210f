/** What a training run tells while it goes: tables and TensorBoard's event files. */
@NullMarked
package dev.lora4j.core.train.log;

import org.jspecify.annotations.NullMarked;
