package dev.lora4j.testkit;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.MetadataKey;
import dev.lora4j.core.format.writing.AdapterLayout;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.LayoutFile;
import dev.lora4j.core.format.writing.WriteRequest;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Layouts that break their contract, each in one way, and one that keeps it. */
final class BrokenWriters {
  private BrokenWriters() {}

  /** The layer's name, a dot and the role, for LoRA. */
  private static SortedMap<String, HostTensor> tensors(WriteRequest request) {
    SortedMap<String, HostTensor> all = new TreeMap<>();
    request
        .adapter()
        .sites()
        .forEach((site, parts) -> parts.forEach(part -> all.putAll(named(site, part))));
    return all;
  }

  private static SortedMap<String, HostTensor> named(String site, Factors part) {
    if (!part.method().equals(LoraMethod.NAME)) {
      throw new AdapterException(site + " has factors of " + part.method() + ", not of LoRA.");
    }
    SortedMap<String, HostTensor> named = new TreeMap<>();
    Methods.named(part.method()).write(part).forEach((role, t) -> named.put(site + "." + role, t));
    return named;
  }

  private static AdapterLayout laid(SortedMap<String, HostTensor> tensors) {
    return new AdapterLayout(List.of(LayoutFile.alone(tensors, Metadata.EMPTY)), List.of());
  }

  /** Keeps it. */
  @Extension(point = AdapterWriter.class, name = "test-plain", help = "names and roles")
  public static final class Plain implements AdapterWriter {
    /** For the host. */
    public Plain() {}

    @Override
    public AdapterLayout lay(WriteRequest request) {
      return laid(tensors(request));
    }
  }

  /** Leaves scales out. */
  @Extension(point = AdapterWriter.class, name = "test-scaleless", help = "leaves scales out")
  public static final class Scaleless implements AdapterWriter {
    /** For the host. */
    public Scaleless() {}

    @Override
    public AdapterLayout lay(WriteRequest request) {
      SortedMap<String, HostTensor> tensors = tensors(request);
      tensors.keySet().removeIf(key -> key.endsWith(".alpha"));
      return laid(tensors);
    }
  }

  /** Writes what nobody reads. */
  @Extension(point = AdapterWriter.class, name = "test-talkative", help = "adds a tensor")
  public static final class Talkative implements AdapterWriter {
    /** For the host. */
    public Talkative() {}

    @Override
    public AdapterLayout lay(WriteRequest request) {
      SortedMap<String, HostTensor> tensors = tensors(request);
      tensors.put("made_with_love", HostTensor.of(Shape.of(1), 1));
      return laid(tensors);
    }
  }

  /** Writes other files each time. */
  @Extension(point = AdapterWriter.class, name = "test-numbering", help = "numbers its files")
  public static final class Numbering implements AdapterWriter {
    private final AtomicInteger written = new AtomicInteger();

    /** For the host. */
    public Numbering() {}

    @Override
    public AdapterLayout lay(WriteRequest request) {
      String number = String.valueOf(written.incrementAndGet());
      Metadata metadata = Metadata.EMPTY.with(MetadataKey.text("number"), number);
      return new AdapterLayout(List.of(LayoutFile.alone(tensors(request), metadata)), List.of());
    }
  }

  /** Leaves out what it has no form for. */
  @Extension(point = AdapterWriter.class, name = "test-careless", help = "leaves biases out")
  public static final class Careless implements AdapterWriter {
    /** For the host. */
    public Careless() {}

    @Override
    public AdapterLayout lay(WriteRequest request) {
      SortedMap<String, HostTensor> tensors = new TreeMap<>();
      request
          .adapter()
          .sites()
          .forEach(
              (site, parts) ->
                  parts.stream()
                      .filter(part -> part.method().equals(LoraMethod.NAME))
                      .forEach(part -> tensors.putAll(named(site, part))));
      return laid(tensors);
    }
  }
}
