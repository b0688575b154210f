/** Base models as they lie in files: which layers they have, and where the weight of each lies. */
@NullMarked
package dev.lora4j.core.format.checkpoint;

import org.jspecify.annotations.NullMarked;
