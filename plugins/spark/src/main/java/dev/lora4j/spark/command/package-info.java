/** The commands that train, draw and judge on a Spark cluster. */
@NullMarked
package dev.lora4j.spark.command;

import org.jspecify.annotations.NullMarked;
