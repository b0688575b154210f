/** Texts: requests of many clients, which join and leave one batch between two tokens. */
@NullMarked
package dev.lora4j.server.text;

import org.jspecify.annotations.NullMarked;
