package dev.lora4j.diffusion.config;

import java.nio.file.Path;

/** Form of another trainer's run files, which sets keys of ours. */
public interface RunFormat {
  /** True if a file of this name has this form. */
  boolean reads(String file);

  /**
   * Lays a file over what is there, and notes what has no effect and what is not done here.
   *
   * @param text of the file
   * @param name what to call the file in messages
   * @param folder that paths in it count from
   * @throws RunProblems if it cannot be read at all
   */
  void read(String text, String name, Path folder, SettingLayers layers);
}
