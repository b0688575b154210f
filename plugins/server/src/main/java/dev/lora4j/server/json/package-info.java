/** JSON of requests, read field by field with errors that name the field, and of answers. */
@NullMarked
package dev.lora4j.server.json;

import org.jspecify.annotations.NullMarked;
