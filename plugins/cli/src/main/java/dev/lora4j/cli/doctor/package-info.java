/** Command doctor: what this machine can compute, and what is missing. */
@NullMarked
package dev.lora4j.cli.doctor;

import org.jspecify.annotations.NullMarked;
