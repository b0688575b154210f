/** OFT (Qiu et al. 2023): weights rotated in blocks. */
@NullMarked
package dev.lora4j.core.adapter.oft;

import org.jspecify.annotations.NullMarked;
