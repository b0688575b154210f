/** Blends of adapters: pictures of them, their command lines, regions and recipes. */
@NullMarked
package dev.lora4j.studio.blend;

import org.jspecify.annotations.NullMarked;
