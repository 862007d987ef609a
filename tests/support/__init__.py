"""What the component and live tests share: processes, clients, fakes, and the search for leaked secrets."""
