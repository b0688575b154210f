/** Where pictures and captions come from: folders, lists, and the TOML files that name them. */
@NullMarked
package dev.lora4j.diffusion.dataset.source;

import org.jspecify.annotations.NullMarked;
