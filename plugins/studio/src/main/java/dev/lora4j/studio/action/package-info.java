/** What a page can ask for that is a command line. */
@NullMarked
package dev.lora4j.studio.action;

import org.jspecify.annotations.NullMarked;
