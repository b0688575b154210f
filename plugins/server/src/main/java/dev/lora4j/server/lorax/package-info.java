/** LoRAX's protocol: texts with adapters by request, merged ones too. */
@NullMarked
package dev.lora4j.server.lorax;

import org.jspecify.annotations.NullMarked;
