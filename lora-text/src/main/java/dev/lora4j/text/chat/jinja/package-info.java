/** The part of Jinja's language that chat templates are written in. */
@NullMarked
package dev.lora4j.text.chat.jinja;

import org.jspecify.annotations.NullMarked;
