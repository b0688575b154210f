/** The adapters on disk as a page shows them: what their files say, pictures, notes, groups. */
@NullMarked
package dev.lora4j.studio.library;

import org.jspecify.annotations.NullMarked;
