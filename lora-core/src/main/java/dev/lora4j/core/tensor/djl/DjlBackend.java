package dev.lora4j.core.tensor.djl;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.LibUtils;
import dev.lora4j.core.tensor.Backend;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.DeviceInfo;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.runtime.EngineObstacle;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** libtorch through DJL. The only class that knows either. */
public final class DjlBackend implements Backend {
  /*
   * The types DJL can create from bytes. It ends the process on bf16 and the 16-bit integers, so
   * those are created as bytes and reinterpreted in a program.
   */
  private static final Map<DType, DataType> CREATABLE =
      Map.of(
          DType.F32, DataType.FLOAT32,
          DType.F64, DataType.FLOAT64,
          DType.I32, DataType.INT32,
          DType.I64, DataType.INT64,
          DType.I8, DataType.INT8,
          DType.U8, DataType.UINT8,
          DType.BOOL, DataType.BOOLEAN);

  private final Map<DType, Handle> reinterpreters = new java.util.concurrent.ConcurrentHashMap<>();
  private final Map<Device, Handle> movers = new java.util.concurrent.ConcurrentHashMap<>();
  private final AtomicLong lists = new AtomicLong();
  private final AtomicLong modules = new AtomicLong();
  private final ThreadLocal<Boolean> prepared = ThreadLocal.withInitial(() -> false);
  private volatile int threads = 1;

  // Set by start, which comes before any other call.
  @SuppressWarnings("NullAway.Init")
  private PtNDManager memory;

  @SuppressWarnings("NullAway.Init")
  private PtNDArray nothing;

  @SuppressWarnings("NullAway.Init")
  private IValue empty;

  private Device device = Device.CPU;

  /** A tensor, and whether it was computed in inference mode. */
  private record Array(PtNDArray array, boolean inference) implements Handle {}

  private record Arrays(IValue value) implements Handle {}

  private record Module(PtSymbolBlock block) implements Handle {}

  /** Creates the backend for the service loader. */
  public DjlBackend() {}

  @Override
  public Optional<EngineObstacle> obstacle(Device wanted) {
    return Libtorch.obstacle(wanted);
  }

  @Override
  public Device start(int inside, Device wanted) {
    threads = inside;
    try {
      device = Libtorch.prepare(wanted);
    } catch (ObstacleException e) {
      throw new TensorException(e.obstacle().message(), e);
    }
    // Never reach for the network: all native parts come from the class path or a named folder.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    try {
      Libtorch.load();
      // Arrays are made on the CPU and moved by programs: moving an array from Java makes a new
      // manager each time, which lives as long as this one.
      memory =
          (PtNDManager)
              ai.djl.engine.Engine.getEngine("PyTorch").newBaseManager(ai.djl.Device.cpu());
      JniUtils.setNumThreads(threads);
      if (!device.cuda()) {
        LoadMonitor.begin(nativeFolder(), threads);
      }
    } catch (EngineException | UnsatisfiedLinkError e) {
      throw new TensorException("libtorch could not start: " + first(e).getMessage(), e);
    }
    nothing = (PtNDArray) memory.create(0f);
    empty = IValue.listFrom(new PtNDArray[0]);
    // A device that does not work is found here, not in the middle of loading a model.
    Handle probe = create(DType.F32, Shape.of(1), ByteBuffer.allocate(4));
    read(probe);
    free(probe);
    return device;
  }

  /** Root cause of an exception; the engine wraps it in an uninformative sentence. */
  private static Throwable first(Throwable thrown) {
    Throwable at = thrown;
    while (at.getCause() != null) {
      at = at.getCause();
    }
    return at;
  }

  @Override
  public List<DeviceInfo> devices() {
    return Libtorch.devices();
  }

  @Override
  public Handle load(String source) {
    prepareThread();
    try {
      ByteArrayInputStream archive = new ByteArrayInputStream(Archive.of(source));
      Module module = new Module(JniUtils.loadModule(memory, archive, true, false));
      modules.incrementAndGet();
      return module;
    } catch (IOException | EngineException e) {
      throw new NativeFailure(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public Handle list(List<Handle> tensors, Mode mode) {
    prepareThread();
    lists.incrementAndGet();
    return new Arrays(listOf(tensors, mode));
  }

  /*
   * What was computed in inference mode cannot be saved for a gradient, so a program that records
   * gets a copy, which lives as long as the list does.
   */
  private static IValue listOf(List<Handle> tensors, Mode mode) {
    PtNDArray[] arrays = new PtNDArray[tensors.size()];
    List<PtNDArray> copies = new ArrayList<>();
    try {
      for (int i = 0; i < arrays.length; i++) {
        Array tensor = (Array) tensors.get(i);
        arrays[i] = tensor.array();
        if (tensor.inference() && mode == Mode.GRADIENTS) {
          arrays[i] = JniUtils.clone(tensor.array());
          copies.add(arrays[i]);
        }
      }
      return IValue.listFrom(arrays);
    } finally {
      copies.forEach(PtNDArray::close);
    }
  }

  @Override
  public List<Handle> run(Handle module, List<Handle> inputs, Optional<Handle> held, Mode mode) {
    prepareThread();
    JniUtils.setGradMode(mode == Mode.GRADIENTS);
    boolean inference = mode == Mode.INFERENCE;
    IValue kept = held.map(h -> ((Arrays) h).value()).orElse(empty);
    long method = ((Module) module).block().getHandle();
    try (IValue list = listOf(inputs, mode);
        IValue result = ModuleCall.run(method, inference, list, kept)) {
      List<Handle> handles = new ArrayList<>();
      for (PtNDArray array : result.toTensorArray(memory)) {
        handles.add(new Array(array, inference));
      }
      return handles;
    } catch (EngineException e) {
      throw new NativeFailure(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public Handle view(Handle tensor, long offset, Shape shape) {
    prepareThread();
    Array whole = (Array) tensor;
    try (PtNDArray flat = JniUtils.reshape(whole.array(), new long[] {-1});
        PtNDArray part = JniUtils.slice(flat, 0, offset, offset + shape.elements(), 1)) {
      return new Array(JniUtils.reshape(part, shape.sizes()), whole.inference());
    }
  }

  @Override
  public Handle map(Path file, DType dtype, long elements) {
    // A file can only be mapped into the memory of the CPU; a card gets a copy.
    return placed(mapped(file, false, dtype, elements));
  }

  @Override
  public Handle mapShared(Path file, DType dtype, long elements) {
    return mapped(file, true, dtype, elements);
  }

  private Handle mapped(Path file, boolean shared, DType dtype, long elements) {
    String source =
        """
        class M(Module):
          __parameters__ = []
          __buffers__ = []
          training : bool
          def run(self: __torch__.M, inputs: List[Tensor], held: List[Tensor]) -> List[Tensor]:
            return [torch.from_file(%s, %s, %d, dtype=%d)]
        """
            .formatted(
                quoted(file.toAbsolutePath().toString()),
                shared ? "True" : "False",
                elements,
                dtype.aten());
    Handle program = load(source);
    try {
      return run(program, List.of(), Optional.empty(), Mode.PLAIN).get(0);
    } finally {
      free(program);
    }
  }

  @Override
  public void dropPages(Handle mapped, long bytes) {
    MappedPages.drop(((Array) mapped).array(), bytes);
  }

  @Override
  public void readAhead(Handle mapped, long bytes) {
    MappedPages.readAhead(((Array) mapped).array(), bytes);
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  @Override
  public Handle create(DType dtype, Shape shape, ByteBuffer data) {
    prepareThread();
    DataType direct = CREATABLE.get(dtype);
    if (direct != null) {
      return placed(new Array(filled(data, shape, direct), false));
    }
    Handle program = reinterpreters.computeIfAbsent(dtype, d -> load(reinterpreting(d)));
    try (PtNDArray raw = filled(data, Shape.of(data.remaining()), DataType.UINT8);
        // Only its shape is read; an expanded scalar takes no memory.
        PtNDArray like = nothing.broadcast(djl(shape))) {
      List<Handle> inputs = List.of(new Array(raw, false), new Array(like, false));
      return placed(run(program, inputs, Optional.empty(), Mode.PLAIN).get(0));
    }
  }

  /** Takes a tensor on the CPU and gives one on the engine's device. */
  private Handle placed(Handle onCpu) {
    if (!device.cuda()) {
      return onCpu;
    }
    try {
      return moved(onCpu, device);
    } catch (NativeFailure e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new TensorException("A tensor cannot be put on " + device + ": " + reason, e);
    } finally {
      free(onCpu);
    }
  }

  /** A tensor with the same elements on another device. */
  Handle moved(Handle tensor, Device to) {
    Handle program = movers.computeIfAbsent(to, d -> load(moving(d)));
    return run(program, List.of(tensor), Optional.empty(), Mode.PLAIN).get(0);
  }

  private static String moving(Device to) {
    return """
    class M(Module):
      __parameters__ = []
      __buffers__ = []
      training : bool
      def run(self: __torch__.M, inputs: List[Tensor], held: List[Tensor]) -> List[Tensor]:
        return [torch.to(inputs[0], device=torch.device("%s"))]
    """
        .formatted(to);
  }

  /*
   * Written straight into native memory. A direct buffer of our own in between would wait for the
   * garbage collector, which sees only its few bytes on the heap and lets gigabytes pile up.
   */
  private PtNDArray filled(ByteBuffer data, Shape shape, DataType type) {
    PtNDArray array = memory.create(djl(shape), type);
    if (data.hasRemaining()) {
      array.toByteBuffer(true).order(ByteOrder.LITTLE_ENDIAN).put(data.duplicate());
    }
    return array;
  }

  private static ai.djl.ndarray.types.Shape djl(Shape shape) {
    return new ai.djl.ndarray.types.Shape(shape.sizes());
  }

  private static String reinterpreting(DType dtype) {
    return """
    class M(Module):
      __parameters__ = []
      __buffers__ = []
      training : bool
      def run(self: __torch__.M, inputs: List[Tensor], held: List[Tensor]) -> List[Tensor]:
        return [torch.view_as(torch.view_copy(inputs[0], dtype=%d), inputs[1])]
    """
        .formatted(dtype.aten());
  }

  @Override
  public ByteBuffer read(Handle tensor) {
    prepareThread();
    if (!device.cuda()) {
      return bytes(tensor);
    }
    Handle copy = moved(tensor, Device.CPU);
    try {
      return bytes(copy);
    } finally {
      free(copy);
    }
  }

  private static ByteBuffer bytes(Handle onCpu) {
    return ((Array) onCpu).array().toByteBuffer(false).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public Shape shape(Handle tensor) {
    return Shape.of(((Array) tensor).array().getShape().getShape());
  }

  @Override
  public Device device(Handle tensor) {
    ai.djl.Device found = ((Array) tensor).array().getDevice();
    return found.isGpu() ? Device.cuda(found.getDeviceId()) : Device.CPU;
  }

  @Override
  public void trim() {
    if (device.cuda()) {
      JniUtils.emptyCudaCache();
    }
  }

  @Override
  public void operatorThreads(int threads) {
    prepareThread();
    JniUtils.setNumThreads(threads);
  }

  @Override
  public void trimHost() {
    FreedMemory.giveBack();
  }

  @Override
  public void free(Handle handle) {
    if (handle instanceof Array array) {
      array.array().close();
    } else if (handle instanceof Arrays list) {
      list.value().close();
      lists.decrementAndGet();
    } else if (handle instanceof Module module) {
      module.block().close();
      modules.decrementAndGet();
    }
  }

  @Override
  public void startProfile() {
    prepareThread();
    JniUtils.startProfile(false, false, false);
  }

  @Override
  public void stopProfile(Path trace) {
    try {
      JniUtils.stopProfile(trace.toString());
    } catch (EngineException e) {
      throw new TensorException("The profile cannot be written to " + trace + ".", e);
    }
  }

  @Override
  public long live() {
    return memory.getManagedArrays().size() + lists.get() + modules.get();
  }

  @Override
  public String version() {
    return "libtorch " + ai.djl.engine.Engine.getEngine("PyTorch").getVersion();
  }

  @Override
  public Path nativeFolder() {
    return Path.of(LibUtils.getLibtorchPath());
  }

  private void prepareThread() {
    if (!prepared.get()) {
      // The graph optimizer only brings warm-up: programs are already written as they should run.
      JniUtils.setGraphExecutorOptimize(false);
      // At its first query a thread takes the number that another thread set last, and forgets its
      // own. So this queries first.
      JniUtils.getNumThreads();
      JniUtils.setNumThreads(threads);
      prepared.set(true);
    }
  }
}
