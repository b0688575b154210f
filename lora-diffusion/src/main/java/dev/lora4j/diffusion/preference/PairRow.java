package dev.lora4j.diffusion.preference;

import java.nio.file.Path;

/**
 * A pair as it is listed, before its pictures are looked at.
 *
 * @param list file or folder that it is from
 * @param place where it is there, for messages: {@code line 3}, {@code pair fox}
 * @param caption the prompt of both
 * @param written whether somebody wrote the prompt
 */
record PairRow(Path list, String place, Path better, Path worse, String caption, boolean written) {}
