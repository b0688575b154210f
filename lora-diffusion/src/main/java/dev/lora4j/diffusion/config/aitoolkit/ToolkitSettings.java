package dev.lora4j.diffusion.config.aitoolkit;

import dev.lora4j.diffusion.config.ResolvedValues;
import dev.lora4j.diffusion.config.RunKey;
import dev.lora4j.diffusion.config.SettingLayers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keys of ours while a configuration sets them, and the defaults that it was written with. */
final class ToolkitSettings {
  private static final String ORIGIN = "default of ai-toolkit";

  private final SettingLayers layers;
  private final Path folder;
  private final Architecture architecture;
  private final List<String> taken = new ArrayList<>();

  /**
   * Settings of a run.
   *
   * @param folder that paths count from
   */
  ToolkitSettings(SettingLayers layers, Path folder, Architecture architecture) {
    this.layers = layers;
    this.folder = folder;
    this.architecture = architecture;
  }

  SettingLayers layers() {
    return layers;
  }

  Architecture architecture() {
    return architecture;
  }

  /** A path as the file means it. */
  Path path(String text) {
    return folder.resolve(text).normalize();
  }

  /** Sets a key. */
  void set(RunKey<?> key, Object value, String origin) {
    layers.set(key.name(), value, origin);
  }

  /** Sets a key to what a section says, else to the default of ai-toolkit. */
  void set(RunKey<?> key, Optional<?> said, Object usual, String origin) {
    if (said.isPresent()) {
      set(key, said.get(), origin);
    } else {
      usual(key, usual);
    }
  }

  /** Sets a key to the default of ai-toolkit, unless a preset lies below. */
  <T> void usual(RunKey<T> key, Object value) {
    if (!layers.preset()) {
      ResolvedValues entries = layers.entries();
      entries.put(key, value, ORIGIN, key.name());
      taken.add(key.name() + " = " + entries.find(key).map(key.type().writing()).orElseThrow());
    }
  }

  /** Notes which defaults were taken. */
  void tell(String file) {
    if (!taken.isEmpty()) {
      layers.note(file + ": not said, and so as in ai-toolkit: " + String.join(", ", taken) + ".");
    }
  }

  /** Tells at the end, unless a later layer sets the key otherwise. */
  void unlessReplaced(RunKey<?> key, Runnable what) {
    int source = layers.entries().source();
    layers.last(
        () -> {
          if (layers.entries().source(key) <= source) {
            what.run();
          }
        });
  }
}
