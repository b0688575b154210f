/** Tests of the studio's page in a real browser. */
@NullMarked
package dev.lora4j.browser;

import org.jspecify.annotations.NullMarked;
