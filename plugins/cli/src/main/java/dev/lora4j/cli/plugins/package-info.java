/** Command plugins: what a folder of plug-ins brings, and its admission. */
@NullMarked
package dev.lora4j.cli.plugins;

import org.jspecify.annotations.NullMarked;
