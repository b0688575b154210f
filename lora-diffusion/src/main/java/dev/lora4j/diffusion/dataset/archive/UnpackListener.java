package dev.lora4j.diffusion.dataset.archive;

import java.nio.file.Path;

/** Is told how the unpacking of archives goes on; all methods do nothing unless overridden. */
public interface UnpackListener {
  /** Listens to nothing. */
  UnpackListener NONE = new UnpackListener() {};

  /**
   * Unpacking begins.
   *
   * @param from the file or the folder of shards
   * @param bytes that the shards have
   */
  default void begins(Path from, long bytes) {}

  /**
   * Another picture was unpacked.
   *
   * @param pictures how many are
   * @param bytes how many they have
   */
  default void progress(long pictures, long bytes) {}

  /** Unpacking ended, well or not. */
  default void ends() {}

  /** Pictures were unpacked just now. */
  default void unpacked(Path from, Path folder, long pictures) {}

  /** Pictures had been unpacked before. */
  default void kept(Path from, Path folder, long pictures) {}
}
