package dev.lora4j.core.tensor.djl;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.LibUtils;
import dev.lora4j.core.tensor.Backend;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.TensorException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** libtorch through DJL. The only class that knows either. */
public final class DjlBackend implements Backend {
  /** Every array carries this name: DJL gathers arrays of this name into one list argument. */
  private static final String LIST = "inputs[]";

  /*
   * The types DJL can create from bytes. It ends the process on bf16 and the 16-bit integers, so
   * those are created as bytes and reinterpreted inside a program.
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
  private final ThreadLocal<Boolean> prepared = ThreadLocal.withInitial(() -> false);

  // Set by start, which comes before any other call.
  @SuppressWarnings("NullAway.Init")
  private PtNDManager memory;

  @SuppressWarnings("NullAway.Init")
  private PtNDArray nothing;

  @SuppressWarnings("NullAway.Init")
  private PtNDArray method;

  private record Array(PtNDArray array) implements Handle {}

  private record Module(PtSymbolBlock block) implements Handle {}

  /** Made by the service loader. */
  public DjlBackend() {}

  @Override
  public void start(int threads) {
    // Never reach for the network: all native parts come from the class path or a named folder.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    try {
      memory = (PtNDManager) ai.djl.engine.Engine.getEngine("PyTorch").newBaseManager(Device.cpu());
      JniUtils.setNumThreads(threads);
    } catch (EngineException | UnsatisfiedLinkError e) {
      throw new TensorException("libtorch could not start: " + e.getMessage(), e);
    }
    nothing = (PtNDArray) memory.create(0f);
    nothing.setName(LIST);
    method = (PtNDArray) memory.create(0f);
    method.setName("module_method:run");
  }

  @Override
  public Handle load(String source) {
    prepareThread();
    try {
      return new Module(
          JniUtils.loadModule(memory, new ByteArrayInputStream(Archive.of(source)), true, false));
    } catch (IOException | EngineException e) {
      throw new NativeFailure(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public List<Handle> run(Handle module, List<Handle> inputs, boolean gradients) {
    prepareThread();
    JniUtils.setGradMode(gradients);
    NDList list = new NDList(inputs.size() + 2);
    if (inputs.isEmpty()) {
      list.add(nothing);
    }
    for (Handle input : inputs) {
      list.add(((Array) input).array());
    }
    list.add(method);
    try {
      // Training mode is the only one whose results may later take part in a gradient.
      NDList results = IValueUtils.forward(((Module) module).block(), list, true);
      List<Handle> handles = new ArrayList<>(results.size());
      results.forEach(r -> handles.add(wrap((PtNDArray) r)));
      return handles;
    } catch (EngineException e) {
      throw new NativeFailure(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public Handle create(DType dtype, Shape shape, ByteBuffer data) {
    prepareThread();
    DataType direct = CREATABLE.get(dtype);
    if (direct != null) {
      return wrap(filled(data, shape, direct));
    }
    Handle program = reinterpreters.computeIfAbsent(dtype, d -> load(reinterpreting(d)));
    try (PtNDArray raw = filled(data, Shape.of(data.remaining()), DataType.UINT8);
        // Only its shape is read; an expanded scalar takes no memory.
        PtNDArray like = nothing.broadcast(djl(shape))) {
      raw.setName(LIST);
      like.setName(LIST);
      return run(program, List.of(new Array(raw), new Array(like)), false).get(0);
    }
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
      def run(self: __torch__.M, inputs: List[Tensor]) -> List[Tensor]:
        return [torch.view_as(torch.view_copy(inputs[0], dtype=%d), inputs[1])]
    """
        .formatted(dtype.aten());
  }

  @Override
  public ByteBuffer read(Handle tensor) {
    prepareThread();
    return ((Array) tensor).array().toByteBuffer(false).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public Shape shape(Handle tensor) {
    return Shape.of(((Array) tensor).array().getShape().getShape());
  }

  @Override
  public void free(Handle handle) {
    if (handle instanceof Array array) {
      array.array().close();
    } else if (handle instanceof Module module) {
      module.block().close();
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
  public String version() {
    return "libtorch " + ai.djl.engine.Engine.getEngine("PyTorch").getVersion();
  }

  @Override
  public Path nativeFolder() {
    return Path.of(LibUtils.getLibtorchPath());
  }

  private static Handle wrap(PtNDArray array) {
    array.setName(LIST);
    return new Array(array);
  }

  private void prepareThread() {
    if (!prepared.get()) {
      // The graph optimiser only brings warm-up: programs are already written as they should run.
      JniUtils.setGraphExecutorOptimize(false);
      prepared.set(true);
    }
  }
}
