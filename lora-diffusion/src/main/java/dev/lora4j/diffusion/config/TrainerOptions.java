package dev.lora4j.diffusion.config;

import java.util.Collection;
import java.util.List;

/**
 * Options of another trainer that run files may have beside our keys: those of another form, as
 * options that only have another name are aliases of keys. An instance belongs to one {@link
 * SettingLayers} and sets our keys there.
 */
public interface TrainerOptions {
  /** No options. */
  TrainerOptions NONE =
      new TrainerOptions() {
        @Override
        public Collection<String> names() {
          return List.of();
        }

        @Override
        public boolean off(String alias, Object value) {
          return false;
        }

        @Override
        public boolean apply(String name, Object value, String origin) {
          return false;
        }

        @Override
        public void combine() {}

        @Override
        public void defaults() {}
      };

  /** The names of all of them. */
  Collection<String> names();

  /** Returns true if an alias of a key is off with this value. */
  boolean off(String alias, Object value);

  /**
   * Applies an option.
   *
   * @param value of TOML, or text
   * @param origin source of the value, for messages
   * @return false if there is no such option
   */
  boolean apply(String name, Object value, String origin);

  /** Applies what several options decide together, after all layers are read. */
  void combine();

  /**
   * Sets keys that nothing set to the trainer's own defaults, where its options were used; not
   * called where a preset lies below.
   */
  void defaults();
}
