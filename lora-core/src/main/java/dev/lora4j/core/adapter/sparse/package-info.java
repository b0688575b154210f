/** Changes of single elements: residuals of an extraction, and SHiRA (Bhardwaj et al. 2024). */
@NullMarked
package dev.lora4j.core.adapter.sparse;

import org.jspecify.annotations.NullMarked;
