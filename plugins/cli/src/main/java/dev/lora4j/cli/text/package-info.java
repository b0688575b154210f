/** Commands on language models. */
@NullMarked
package dev.lora4j.cli.text;

import org.jspecify.annotations.NullMarked;
