/** Commands on adapter files: inspect, merge, resize, extract, bake, compare, mix, convert. */
@NullMarked
package dev.lora4j.cli.adapter;

import org.jspecify.annotations.NullMarked;
