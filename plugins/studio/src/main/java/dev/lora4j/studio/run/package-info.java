/** Trainings: how they are begun and gone on with, and how they come along. */
@NullMarked
package dev.lora4j.studio.run;

import org.jspecify.annotations.NullMarked;
