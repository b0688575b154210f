package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.spi.Extensions;
import dev.lora4j.spi.Plugin;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** The code of a mixer, which may be that of a plug-in. */
final class MixerCode {
  private final Mixer mixer;
  private final Optional<Plugin> plugin;

  MixerCode(Mixer mixer) {
    this.mixer = mixer;
    this.plugin = Extensions.installed().plugin(mixer);
  }

  /** Name as an extension, else that of its class. */
  String name() {
    Extension extension = mixer.getClass().getAnnotation(Extension.class);
    return extension == null ? mixer.getClass().getSimpleName() : extension.name();
  }

  /** Name with its settings, for people; else the name of its class. */
  String text() {
    return mixer.getClass().isAnnotationPresent(Extension.class)
        ? ExtensionRequest.of(mixer).text()
        : name();
  }

  /** Runs {@code work} with a resource, which the quarantine of the plug-in would close. */
  <T> T with(AutoCloseable resource, Supplier<T> work) {
    plugin.ifPresent(p -> p.own(resource));
    try {
      return work.get();
    } finally {
      plugin.ifPresent(p -> p.disown(resource));
    }
  }

  /**
   * Runs a part of the code.
   *
   * @throws AdapterException if it cannot honour a request
   */
  <T> T call(Callable<T> code) {
    try {
      return plugin.isPresent() ? plugin.get().call(code) : code.call();
    } catch (IllegalArgumentException e) {
      throw new AdapterException("The mixer " + name() + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      // Mixers declare none.
      throw new IllegalStateException("the mixer " + name() + " failed: " + e, e);
    }
  }
}
