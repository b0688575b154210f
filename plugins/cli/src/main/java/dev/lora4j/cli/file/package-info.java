/** Files that commands read and write: checks before work begins, folders of one process. */
@NullMarked
package dev.lora4j.cli.file;

import org.jspecify.annotations.NullMarked;
