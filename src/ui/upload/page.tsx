export default function Page() {
  return (
    <div class="page">
      <h1 tabIndex={-1}>upload</h1>
    </div>
  );
}
