/** What happens, told to the pages that are open. */
@NullMarked
package dev.lora4j.studio.event;

import org.jspecify.annotations.NullMarked;
