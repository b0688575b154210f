package dev.lora4j.cli.generate;

import dev.lora4j.diffusion.record.GeneratedImage;
import java.nio.file.Path;

/** A picture and the file that it is in, which may have others too. */
record WrittenPicture(Path file, GeneratedImage image) {}
